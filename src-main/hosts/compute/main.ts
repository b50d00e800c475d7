/**
 * The compute process: answers its host over the pipe that it was started with, and ends when the
 * pipe does, so that none is ever left over.
 */
import { Socket } from 'node:net'
import { serveCompute } from './computeRpc.ts'
import { pipeChannel } from './pipeChannel.ts'
import { pipeDescriptor } from './pipeDescriptor.ts'
import { computeService } from './computeService.ts'

const pipe = new Socket({ fd: pipeDescriptor, readable: true, writable: true })
pipe.on('close', () => process.exit(0))
// Ctrl-C in a terminal reaches the whole group; how to end is for the host to decide.
process.on('SIGINT', () => undefined)

serveCompute(pipeChannel(pipe), computeService)
