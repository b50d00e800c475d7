/** Counts the sessions of ONNX Runtime that are made from here on and not disposed of. */
export async function countSessions(): Promise<{ readonly open: () => number }> {
  const { binding } = await import('onnxruntime-node/dist/binding.js')
  let open = 0
  const Session = binding.InferenceSession
  binding.InferenceSession = class extends Session {
    constructor() {
      super()
      open++
    }

    override dispose(): void {
      open--
      super.dispose()
    }
  }
  return { open: () => open }
}
