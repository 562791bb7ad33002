/** A real mail server on a free port of this machine: keeps what it is sent, and refuses what a test wants refused. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface ReceivedMail {
  readonly user: string | undefined
  readonly to: readonly string[]
  /** Headers and body as they came. */
  readonly text: string
}

export interface MailServer {
  readonly port: number
  readonly received: readonly ReceivedMail[]
}

export interface MailServerOptions {
  /** The only password it takes; undefined asks for none. */
  readonly password?: string
  readonly startTls?: boolean
  /** Refuses every message with this answer. */
  readonly refusal?: string
}

export async function startMailServer({ password, startTls = false, refusal }: MailServerOptions): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const server = new SMTPServer({
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disabledCommands: startTls ? [] : ['STARTTLS'],
    onAuth: (auth, _session, done) => {
      if (password === undefined || auth.password === password) done(null, { user: auth.username ?? '' })
      else done(new Error('that is not the password'))
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        if (refusal !== undefined) return done(Object.assign(new Error(refusal), { responseCode: 554 }))
        const to = session.envelope.rcptTo.map(({ address }) => address)
        received.push({ user: session.user, to, text: Buffer.concat(parts).toString('utf8') })
        done()
      })
    },
  })
  // A client that turns away from the certificate is what a test wants, not an error of the server's.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: (server.server.address() as AddressInfo).port, received }
}
