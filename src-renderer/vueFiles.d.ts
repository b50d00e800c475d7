/** For tools that read TypeScript only; vue-tsc looks into the file itself. */
declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}
