/** E-mail over SMTP. TLS is required unless the server is this machine, and the text is plain: nothing in it is a command. */
import { createTransport } from 'nodemailer'
import type { EmailChannelConfig } from '../../config/alert-model.ts'
import { redactText } from '../../http/redact.ts'
import type { Secret } from '../../http/secret.ts'
import { bodyText, headline, type Delivered, type Notice, type Speak } from '../notice.ts'
import { fit, oneLine } from '../plain.ts'

export interface EmailSettings extends Pick<EmailChannelConfig, 'name' | 'host' | 'port' | 'tls' | 'from' | 'to'> {
  readonly user: string | undefined
  readonly password: Secret | null
}

const CONNECT_TIMEOUT_MS = 10_000
const ANSWER_TIMEOUT_MS = 15_000
const SUBJECT_LIMIT = 200

const SENTENCES: Readonly<Record<string, string>> = {
  EAUTH: 'refused the user or password; correct them',
  ECONNECTION: 'could not be reached; check host and port',
  ESOCKET: 'could not be reached; check host and port',
  EDNS: 'could not be found; check the host name',
  ETIMEDOUT: 'did not answer in time; check host, port and the firewall',
  ETLS: 'has no valid TLS; nothing was sent in the clear. Check tls and the certificate of the server',
  EENVELOPE: 'refused the sender or a recipient; check from and to',
  EMESSAGE: 'refused the message',
}

export function mailOf(notice: Notice, { from, to }: Pick<EmailSettings, 'from' | 'to'>) {
  const lines = [
    oneLine(bodyText(notice)),
    '',
    ...(notice.book === '' ? [] : [`Book: ${notice.book}`]),
    `Rule: ${notice.rule}${notice.object === '' ? '' : ` (${oneLine(notice.object)})`}`,
    `Time: ${new Date(notice.atMs).toISOString()}`,
    '',
    '-- ',
    'Sent by tieout. Thresholds and channels are in tieout.yaml, section alerts.',
  ]
  return {
    from,
    to: [...to],
    subject: fit(`tieout: ${oneLine(headline(notice))}`, SUBJECT_LIMIT),
    text: `${lines.join('\n')}\n`,
    headers: { 'X-Tieout-ID': notice.id, 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

export function speakEmail(settings: EmailSettings): Speak {
  const { host, port, tls, user, password } = settings
  return async (notice) => {
    const transport = createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: ANSWER_TIMEOUT_MS,
      ...(user === undefined || password === null ? {} : { auth: { user, pass: password.reveal() } }),
    })
    try {
      await transport.sendMail(mailOf(notice, settings))
      return { ok: true }
    } catch (error) {
      return failure(error, settings)
    } finally {
      transport.close()
    }
  }
}

function failure(error: unknown, { name, password }: EmailSettings): Delivered {
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // A certificate nobody vouches for ends as a broken socket.
  const cause = /certificate|self-signed|TLS|SSL/i.test(text) ? 'ETLS' : code
  const says = SENTENCES[cause] ?? 'could not take the message'
  const detail = redactText(oneLine(text), password === null ? [] : [password]).slice(0, 160)
  return {
    ok: false,
    message: `E-mail channel "${name}": the mail server ${says} (${detail}).`,
    refused: code === 'EMESSAGE',
  }
}
