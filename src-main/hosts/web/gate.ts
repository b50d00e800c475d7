import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

/**
 * Decides who may talk to the web host. Whoever knows the key, which the printed URL carries, gets a
 * cookie; whoever has the cookie may go on. A page of another site has neither a matching `Host`
 * (which stops DNS rebinding) nor a matching `Origin` (which stops forged requests and sockets).
 */
export class Gate {
  readonly key: string
  private readonly session = randomBytes(32).toString('base64url')
  private readonly host: string
  private readonly port: number

  /** @param host the address that the server listens on */
  constructor(host: string, port: number, key = randomBytes(32).toString('base64url')) {
    this.host = host
    this.port = port
    this.key = key
  }

  /** Where a person opens the workbench. */
  get url(): string {
    const address = isWildcard(this.host) ? '127.0.0.1' : this.host
    return `http://${isIP(address) === 6 ? `[${address}]` : address}:${this.port}/?key=${this.key}`
  }

  get cookie(): string {
    return `${this.cookieName}=${this.session}; HttpOnly; SameSite=Strict; Path=/`
  }

  isOpenedBy(key: string): boolean {
    return isSame(key, this.key)
  }

  hasSession(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
    const prefix = `${this.cookieName}=`
    return cookies.some(
      (cookie) => cookie.startsWith(prefix) && isSame(cookie.slice(prefix.length), this.session),
    )
  }

  hasGoodHost({ headers }: IncomingMessage): boolean {
    const host = headers.host?.toLowerCase()
    if (host === undefined) return false
    const names = ['localhost', '127.0.0.1', '[::1]', this.host, `[${this.host}]`]
    if (names.some((name) => host === `${name}:${this.port}` || this.isDefaultPort(host, name)))
      return true
    if (!isWildcard(this.host)) return false
    // Rebinding needs a name: an address, or the machine's own name, is what the person typed.
    const name = host.replace(/:\d+$/, '')
    return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === hostname().toLowerCase()
  }

  /** @param isRequired for whatever changes something or opens a socket */
  hasGoodOrigin({ headers }: IncomingMessage, isRequired: boolean): boolean {
    if (headers.origin === undefined)
      return !isRequired && headers['sec-fetch-site'] !== 'cross-site'
    return headers.origin.toLowerCase() === `http://${headers.host?.toLowerCase() ?? ''}`
  }

  /** Cookies do not know ports: each server on this machine has a name of its own. */
  private get cookieName(): string {
    return `antipode-${this.port}`
  }

  private isDefaultPort(host: string, name: string): boolean {
    return this.port === 80 && host === name
  }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}
