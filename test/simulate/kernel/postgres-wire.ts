/**
 * PostgreSQL's protocol as far as a server needs it that stands before another one: what a client sends is put together
 * to whole requests, and what the server itself has to say is written. (PostgreSQL, Frontend/Backend Protocol.)
 */

/** What a client sends up to the point where it waits for an answer. */
export interface WireQuery {
  readonly kind: 'query'
  /** Of its statement, or of several in one text. */
  readonly sql: string
  readonly bytes: Buffer
}

export type ClientRequest = { readonly kind: 'start'; readonly options: string } | { readonly kind: 'end' } | WireQuery

const QUERY = 'Q'
const PARSE = 'P'
const SYNC = 'S'
const TERMINATE = 'X'
/** What the server's clock says, which a simulated one must not read from the machine. */
const CLOCK = 'clock_timestamp()'

/** Takes pieces as they arrive; gives the requests that have become whole. */
export function requestReader(nowMs: () => number): (piece: Buffer) => readonly ClientRequest[] {
  let pending = Buffer.alloc(0)
  let hasStarted = false
  let parts: Buffer[] = []
  let sql = ''

  const taken = (message: Buffer): ClientRequest | null => {
    if (!hasStarted) {
      hasStarted = true
      return { kind: 'start', options: optionsOf(message) }
    }
    const type = String.fromCharCode(message[0] ?? 0)
    if (type === TERMINATE) return { kind: 'end' }
    const timed = onServerClock(message, type, nowMs)
    parts.push(timed)
    if (type === PARSE || type === QUERY) sql = textOf(timed, type)
    if (type !== QUERY && type !== SYNC) return null
    const request: WireQuery = { kind: 'query', sql, bytes: Buffer.concat(parts) }
    parts = []
    return request
  }

  return (piece) => {
    pending = Buffer.concat([pending, piece])
    const requests: ClientRequest[] = []
    for (;;) {
      // The first message has no letter before its length.
      const lead = hasStarted ? 1 : 0
      if (pending.length < lead + 4) return requests
      const length = lead + pending.readInt32BE(lead)
      if (pending.length < length) return requests
      const request = taken(pending.subarray(0, length))
      pending = pending.subarray(length)
      if (request !== null) requests.push(request)
    }
  }
}

/** Pairs of name and value after the length and the version. */
function optionsOf(message: Buffer): string {
  const words = message.subarray(8).toString().split('\0')
  const at = words.findIndex((word, index) => index % 2 === 0 && word === 'options')
  return at < 0 ? '' : (words[at + 1] ?? '')
}

function textOf(message: Buffer, type: string): string {
  const start = type === PARSE ? message.indexOf(0, 5) + 1 : 5
  return message.subarray(start, message.indexOf(0, start)).toString()
}

function onServerClock(message: Buffer, type: string, nowMs: () => number): Buffer {
  if ((type !== PARSE && type !== QUERY) || !message.includes(CLOCK)) return message
  const [before = '', ...after] = message.subarray(5).toString('latin1').split(CLOCK)
  const body = [before, ...after].join(`to_timestamp(${nowMs()} / 1000.0)`)
  return framed(type, Buffer.from(body, 'latin1'))
}

function framed(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** Of a backend: in no transaction, in one, in one that failed. */
export type TransactionStatus = 'I' | 'T' | 'E'

/** The client is known, and may ask. */
export function greeting(processId: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeInt32BE(processId, 0)
  return Buffer.concat([
    framed('R', Buffer.alloc(4)),
    framed('S', Buffer.from('client_encoding\0UTF8\0')),
    framed('S', Buffer.from('server_version\x0018.0\0')),
    framed('K', key),
    readyFor('I'),
  ])
}

export function readyFor(status: TransactionStatus): Buffer {
  return framed('Z', Buffer.from(status))
}

export function errorMessage(severity: 'ERROR' | 'FATAL', code: string, text: string): Buffer {
  return framed('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`))
}

/** What the last message of an answer says; every answer ends with it. */
export function statusAfter(answer: Buffer): TransactionStatus {
  const status = String.fromCharCode(answer.at(-1) ?? 0)
  if (status === 'I' || status === 'T' || status === 'E') return status
  throw new RangeError(`the server answered with something that ends in ${JSON.stringify(status)}`)
}
