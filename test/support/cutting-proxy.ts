/**
 * A way to PostgreSQL that can be cut: it passes bytes on, counts the statements of all connections, and breaks one
 * connection at a chosen place. It knows of the protocol only where a message ends.
 */
import { createServer, connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/**
 * 'before': the statement never reaches the server. 'unanswered': the server has carried it out, and its answer is lost.
 */
export type Cut = 'before' | 'unanswered' | null

export interface Statement {
  /** From 1, over all connections. */
  readonly n: number
  readonly sql: string
  /** From 1, of those that are COMMIT; null for others. */
  readonly commit: number | null
}

export interface CuttingProxy {
  /** The same database through the proxy. */
  readonly url: string
  readonly statements: () => number
  readonly commits: () => number
  readonly cuts: () => number
  /** Until the next call; decides for each statement. */
  readonly cutWhere: (decide: (statement: Statement) => Cut) => void
  /** From now on nobody gets through, and whoever was is cut off; until it is opened again. */
  readonly close: () => void
  readonly open: () => void
  /** New connections go to another server, as an address that follows the primary. */
  readonly leadTo: (url: string) => void
}

/** `onCut` happens to the server before the client notices that it was cut. */
export async function cuttingProxy(
  databaseUrl: string,
  onCut: () => Promise<void> = async () => undefined,
): Promise<CuttingProxy> {
  let target = new URL(databaseUrl)
  let decide: (statement: Statement) => Cut = () => null
  let [n, commits, cuts, isClosed] = [0, 0, 0, false]
  const open = new Set<Socket>()
  const server = createServer((client) => {
    if (isClosed) return void client.destroy()
    const behind = connect(Number(target.port === '' ? '5432' : target.port), target.hostname)
    for (const socket of [client, behind]) {
      open.add(socket)
      // Or each statement would wait for the acknowledgement of the one before.
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        behind.destroy()
      })
    }
    let [isMute, isCut] = [false, false]
    const cutOff = (): void => {
      isCut = true
      void onCut().finally(() => client.destroy())
    }
    const statements = messagesOf((message) => {
      if (isCut) return
      const sql = statementIn(message)
      if (sql !== null) {
        n += 1
        const isCommit = /^commit$/i.test(sql)
        if (isCommit) commits += 1
        const cut = decide({ n, sql, commit: isCommit ? commits : null })
        if (cut !== null) cuts += 1
        isMute ||= cut !== null
        if (cut === 'before') return cutOff()
      }
      behind.write(message)
    })
    client.on('data', statements)
    const answers = messagesOf((message) => {
      if (!isMute) return void client.write(message)
      // ReadyForQuery: it has been carried out.
      if (message[0] === 0x5a) cutOff()
    }, true)
    behind.on('data', answers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cutAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  onTestFinished(() => {
    cutAll()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const url = Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(address.port) }).href
  return {
    url,
    statements: () => n,
    commits: () => commits,
    cuts: () => cuts,
    cutWhere: (next) => (decide = next),
    close: () => {
      isClosed = true
      cutAll()
    },
    open: () => (isClosed = false),
    leadTo: (url) => {
      target = new URL(url)
    },
  }
}

/** Calls with one whole message at a time. The first of a client has no letter before its length. */
function messagesOf(take: (message: Buffer) => void, hasLetterAtOnce = false): (data: Buffer) => void {
  let rest = Buffer.alloc(0)
  let hasLetter = hasLetterAtOnce
  return (data) => {
    rest = Buffer.concat([rest, data])
    for (;;) {
      const head = hasLetter ? 1 : 0
      if (rest.length < head + 4) return
      const length = head + rest.readInt32BE(head)
      if (rest.length < length) return
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      hasLetter = true
      take(message)
    }
  }
}

/** The text of a Query or of a Parse message. */
function statementIn(message: Buffer): string | null {
  const letter = String.fromCharCode(message[0] ?? 0)
  if (letter === 'Q') return message.toString('utf8', 5, message.length - 1)
  if (letter !== 'P') return null
  const nameEnd = message.indexOf(0, 5)
  return message.toString('utf8', nameEnd + 1, message.indexOf(0, nameEnd + 1))
}
