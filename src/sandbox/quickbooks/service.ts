/**
 * QuickBooks Online's stand-in under /quickbooks: consent and tokens, and the accounting API of each company. The version
 * in `minorversion` is accepted and ignored, as it is since all answer as 75.
 */
import { json, jsonText } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import type { Exchange, Service } from '../targets/exchange.ts'
import { jsonOf } from '../targets/json-text.ts'
import { settleLate } from '../targets/late.ts'
import { bearer } from '../targets/oauth.ts'
import { createWindowLimit } from '../targets/window-limit.ts'
import type { QuickbooksCompany } from './company.ts'
import { fault, faultReply, forbidden, systemFault, throttled, unauthorised } from './fault-body.ts'
import { journalReply, postJournal } from './journal-api.ts'
import { authorize, expireAccess, realmOf, revoke, token, type QuickbooksLogin } from './oauth.ts'
import { parseQuery } from './query.ts'
import { runQuery } from './run-query.ts'
import { accountView, companyInfoView, deletedView, entryView, preferencesView } from './view.ts'

const COMPANY_PATH = /^\/quickbooks\/v3\/company\/([^/]+)\/(.+?)\/?$/
const CDC_DAYS = 30
const CDC_MOST = 1000
const DAY_MS = 86_400_000

export interface QuickbooksWorld {
  readonly companies: ReadonlyMap<string, QuickbooksCompany>
  readonly login: QuickbooksLogin
  readonly nowMs: () => number
}

interface Call {
  readonly company: QuickbooksCompany
  readonly request: SandboxRequest
  readonly isLate: boolean
  readonly nowMs: number
}

export function createQuickbooksService(world: QuickbooksWorld): Service {
  const minute = createWindowLimit(60_000)
  const second = createWindowLimit(1000)
  const isTooMuch = ({ realmId, preferences: { perMinute, perSecond } }: QuickbooksCompany, nowMs: number): boolean => {
    const overMinute = perMinute !== null && minute.count(realmId, perMinute, nowMs) < 0
    return overMinute || (perSecond !== null && second.count(realmId, perSecond, nowMs) < 0)
  }
  const api = (request: SandboxRequest, exchange: Exchange): Reply => {
    const nowMs = world.nowMs()
    const [, realmId = '', resource = ''] = COMPANY_PATH.exec(request.path) ?? []
    const company = world.companies.get(realmId)
    const access = bearer(request)
    const allowed = access === undefined ? undefined : realmOf(world.login, access, nowMs)
    if (allowed === undefined) {
      const lowerCase = company?.preferences.lowerCase401 ?? false
      return unauthorised('Token expired or invalid', lowerCase, nowMs)
    }
    if (company === undefined || allowed !== realmId) return forbidden(nowMs)
    if (isTooMuch(company, nowMs)) return throttled(nowMs)
    settleLate(company)
    return answerCompany({ company, request, isLate: exchange.isLate, nowMs }, resource)
  }
  return {
    scopeOf: ({ method, path }) => {
      if (!COMPANY_PATH.test(path)) return path.endsWith('/authorize') ? undefined : 'token'
      return method === 'POST' && !path.endsWith('/query') ? 'create' : 'read'
    },
    answer: (request, exchange) => loginAnswer(world, request) ?? api(request, exchange),
    tooMany: () => throttled(world.nowMs()),
    unavailable: () => systemFault(503, world.nowMs()),
    broken: () => systemFault(500, world.nowMs()),
    faultIn200: () => systemFault(200, world.nowMs()),
    expireToken: (request) => expireAccess(world.login, bearer(request) ?? ''),
  }
}

function loginAnswer({ login, nowMs }: QuickbooksWorld, request: SandboxRequest): Reply | undefined {
  switch (`${request.method} ${request.path}`) {
    case 'GET /quickbooks/authorize':
      return authorize(login, request, nowMs())
    case 'POST /quickbooks/token':
      return token(login, request, nowMs())
    case 'POST /quickbooks/revoke':
      return revoke(login, request)
    default:
      return COMPANY_PATH.test(request.path) ? undefined : json(404, { error: 'Not found' })
  }
}

function answerCompany(call: Call, resource: string): Reply {
  const { company, request, nowMs } = call
  const [name = '', id] = resource.split('/')
  switch (`${request.method} ${name.toLowerCase()}`) {
    case 'POST journalentry':
      return sendsJson(request) ? postJournal(call) : unsupported('The content type must be application/json', nowMs)
    case 'GET journalentry':
      return readJournal(company, id ?? '', nowMs)
    case 'GET query':
      return query(call, request.query.get('query') ?? '')
    case 'POST query':
      return query(call, request.body)
    case 'GET cdc':
      return changes(call)
    case 'GET companyinfo':
      return show({ CompanyInfo: companyInfoView(company) }, nowMs)
    case 'GET preferences':
      return show({ Preferences: preferencesView(company) }, nowMs)
    case 'GET account': {
      const account = company.accounts.find((each) => each.id === id)
      return account === undefined ? notFound(id ?? '', nowMs) : show({ Account: accountView(company, account) }, nowMs)
    }
    default:
      return unsupported(`Operation ${request.method} ${name} is not supported`, nowMs)
  }
}

function readJournal(company: QuickbooksCompany, id: string, nowMs: number): Reply {
  const entry = company.entries.get(id)
  return entry === undefined || entry.isDeleted ? notFound(id, nowMs) : journalReply(company, entry, nowMs)
}

function query({ company, nowMs }: Call, text: string): Reply {
  const parsed = parseQuery(text)
  if (!parsed.ok) return faultReply(parsed.fault, nowMs)
  const answer = runQuery(company, parsed.value)
  return answer.ok ? show({ QueryResponse: answer.value }, nowMs) : faultReply(answer.fault, nowMs)
}

/** What changed since an instant within 30 days, deleted entries included; at most 1000. */
function changes({ company, request, nowMs }: Call): Reply {
  const sinceMs = Date.parse(request.query.get('changedSince') ?? '')
  const names = (request.query.get('entities') ?? '').split(',').map((name) => name.trim())
  if (Number.isNaN(sinceMs)) return faultReply(fault('2010', 'changedSince is no instant', 'changedSince'), nowMs)
  if (sinceMs < nowMs - CDC_DAYS * DAY_MS) {
    return faultReply(fault('2010', `changedSince lies more than ${CDC_DAYS} days back`, 'changedSince'), nowMs)
  }
  if (names.some((name) => name !== 'JournalEntry')) {
    return faultReply(fault('2010', 'The sandbox shows changes of JournalEntry alone', 'entities'), nowMs)
  }
  const found = [...company.entries.values()]
    .filter(({ updatedMs }) => updatedMs >= sinceMs)
    .slice(0, CDC_MOST)
    .map((entry) => (entry.isDeleted ? deletedView(entry) : entryView(company, entry)))
  const page = found.length === 0 ? {} : { JournalEntry: found, startPosition: 1, maxResults: found.length }
  return show({ CDCResponse: [{ QueryResponse: [page] }] }, nowMs)
}

function show(body: Readonly<Record<string, unknown>>, nowMs: number): Reply {
  return jsonText(200, jsonOf({ ...body, time: new Date(nowMs).toISOString() }, 1))
}

function notFound(id: string, nowMs: number): Reply {
  return faultReply(fault('610', `Object Not Found : The object with id ${id} was not found`), nowMs)
}

function unsupported(detail: string, nowMs: number): Reply {
  return faultReply(fault('500', detail), nowMs)
}

function sendsJson({ headers }: SandboxRequest): boolean {
  return (headers['content-type'] ?? '').startsWith('application/json')
}
