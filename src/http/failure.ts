/**
 * From what undici and the socket throw to one of a few reasons, each with a sentence. Kept as tables, because the
 * answer to "may it have taken effect?" depends on it: only a connection that was never made cannot have.
 */
import type { FailureReason } from '../machine/transport.ts'

const REASON_BY_CODE: Readonly<Record<string, FailureReason>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  ECONNREFUSED: 'connect',
  ENOTFOUND: 'connect',
  EAI_AGAIN: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EPROTO: 'connect',
  CERT_HAS_EXPIRED: 'connect',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'connect',
  SELF_SIGNED_CERT_IN_CHAIN: 'connect',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'connect',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'connect',
  ERR_TLS_CERT_ALTNAME_INVALID: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'reset',
  UND_ERR_DESTROYED: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_INVALID_ARG: 'bad-url',
  ERR_INVALID_URL: 'bad-url',
}

const SENTENCES: Readonly<Record<FailureReason, string>> = {
  connect: 'could not be reached; check the address and that the service is up',
  timeout: 'did not answer in time; it is slow or overloaded, try again later',
  reset: 'broke the connection before its answer was complete; try again later',
  'body-too-large': 'sent more bytes than the limit allows; check that the address is the API and not a web page',
  aborted: 'was given up because this program is stopping; run it again',
  'bad-url': 'has an address that is not a valid http(s) URL; correct it in the configuration',
  protocol: 'sent something that is not HTTP; check the address and port',
}

export function reasonOf(error: unknown): FailureReason {
  const { code, syscall, name } = detailsOf(error)
  if (syscall === 'connect' || syscall === 'getaddrinfo') return 'connect'
  // undici's parser errors do not always carry a code.
  if (code.startsWith('HPE_') || name === 'HTTPParserError') return 'protocol'
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 'connect'
  return REASON_BY_CODE[code] ?? 'reset'
}

export function describeFailure(label: string, reason: FailureReason, error: unknown): string {
  const { code, message } = detailsOf(error)
  const detail = [code, message].filter((part) => part !== '').join(': ')
  return `${label} ${SENTENCES[reason]}${detail === '' ? '.' : ` (${detail}).`}`
}

interface ErrorDetails {
  readonly name: string
  readonly code: string
  readonly syscall: string
  readonly message: string
}

function detailsOf(error: unknown): ErrorDetails {
  if (!(error instanceof Error)) return { name: '', code: '', syscall: '', message: '' }
  const text = (key: string): string => {
    const value: unknown = Reflect.get(error, key)
    return typeof value === 'string' ? value : ''
  }
  return { name: error.name, code: text('code'), syscall: text('syscall'), message: error.message }
}
