/**
 * What a page of ours may load: itself. Pictures may also be made in the page (`blob:`, `data:`).
 *
 * @param socket origin of the web host's socket, such as `ws://127.0.0.1:8080`; none in Electron
 */
export function contentSecurityPolicy(socket?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' media: blob: data:",
    "worker-src 'self'",
    `connect-src 'self'${socket ? ` ${socket}` : ' media:'}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** For files of a person's own: an SVG that is opened by itself must not act as a page of ours. */
export const inertContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
