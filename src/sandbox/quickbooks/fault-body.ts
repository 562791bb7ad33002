/**
 * QuickBooks' refusals in the words and envelopes it uses. The code decides, never the text; where no text is published,
 * the sentence is ours and says what is wrong.
 */
import { json } from '../http-reply.ts'
import type { Reply } from '../http-reply.ts'

export interface QuickbooksFault {
  readonly code: string
  readonly message: string
  readonly detail: string
  readonly element?: string
}

/** Anything a fault can be instead of. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: QuickbooksFault }

const MESSAGES: Readonly<Record<string, string>> = {
  '500': 'Unsupported Operation',
  '610': 'Object Not Found',
  '2010': 'Request has invalid or unsupported property',
  '2020': 'Required param missing, need to supply the required value for the API',
  '2050': 'String length is either shorter or longer than supported by specification',
  '2090': 'Invalid Number',
  '2170': 'Invalid Enumeration',
  '2500': 'Invalid Reference Id',
  '4000': 'Error parsing query',
  '4001': 'Invalid query',
  '5010': 'Stale Object Error',
  '6000': 'A business validation error has occurred while processing your request',
  '6140': 'Duplicate Document Number Error',
  '6210': 'Account Period Closed, Cannot Update Through Services API',
}

export function fault(code: keyof typeof MESSAGES, detail: string, element?: string): QuickbooksFault {
  return { code, message: MESSAGES[code] ?? 'Error', detail, ...(element === undefined ? {} : { element }) }
}

export function refuse<T>(code: keyof typeof MESSAGES, detail: string, element?: string): Checked<T> {
  return { ok: false, fault: fault(code, detail, element) }
}

export function missing<T>(element: string): Checked<T> {
  return refuse('2020', `Required parameter ${element} is missing in the request`, element)
}

export function faultReply({ code, message, detail, element }: QuickbooksFault, nowMs: number): Reply {
  const error = { Message: message, Detail: detail, code, ...(element === undefined ? {} : { element }) }
  return json(400, { Fault: { Error: [error], type: 'ValidationFault' }, time: new Date(nowMs).toISOString() })
}

function serviceFault(status: number, type: string, error: Readonly<Record<string, string>>, nowMs: number): Reply {
  return json(status, { Fault: { Error: [error], type }, time: new Date(nowMs).toISOString() })
}

/** 401 in either envelope: both are seen in the field. */
export function unauthorised(detail: string, lowerCase: boolean, nowMs: number): Reply {
  const text = 'message=AuthenticationFailed; errorCode=003200; statusCode=401'
  if (!lowerCase) {
    return serviceFault(401, 'AUTHENTICATION', { Message: text, Detail: detail, code: '3200' }, nowMs)
  }
  const error = [{ message: text, detail, code: '3200', element: null }]
  return json(401, {
    warnings: null,
    intuitObject: null,
    fault: { error, type: 'AUTHENTICATION' },
    report: null,
    queryResponse: null,
    batchItemResponse: [],
    time: nowMs,
  })
}

export function forbidden(nowMs: number): Reply {
  const text = 'message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403'
  return serviceFault(
    403,
    'AUTHORIZATION',
    { Message: text, Detail: 'Access to this company is denied', code: '3100' },
    nowMs,
  )
}

/** No Retry-After: none is documented. */
export function throttled(nowMs: number): Reply {
  const text = 'message=ThrottleExceeded; errorCode=003001; statusCode=429'
  const detail = 'The request limit was reached; wait 60 seconds'
  return serviceFault(429, 'SERVICE', { Message: text, Detail: detail, code: '3001' }, nowMs)
}

export function systemFault(status: number, nowMs: number): Reply {
  const error = {
    Message: 'An application error has occurred while processing your request',
    Detail: 'System Failure Error',
    code: '10000',
  }
  return serviceFault(status, 'SystemFault', error, nowMs)
}
