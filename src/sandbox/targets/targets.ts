/**
 * The accounting systems' stand-ins together: QuickBooks Online under /quickbooks, Xero under /xero, in memory, on a clock
 * that is passed in. They know nothing of the vendors' world and can be served without it.
 */
import type { ServerResponse } from 'node:http'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import { createCompany, DEFAULT_COMPANIES, type CompanyChoice } from '../quickbooks/default-company.ts'
import { quickbooksHand } from '../quickbooks/hand.ts'
import { createQuickbooksLogin } from '../quickbooks/oauth.ts'
import { createQuickbooksService, type QuickbooksWorld } from '../quickbooks/service.ts'
import { createOrganisation, DEFAULT_ORGANISATIONS, type OrganisationChoice } from '../xero/default-organisation.ts'
import { xeroHand } from '../xero/hand.ts'
import { createXeroLogin } from '../xero/oauth.ts'
import { createXeroService, type XeroWorld } from '../xero/service.ts'
import { controlTarget, type Controlled } from './controls.ts'
import { exchange, type LoggedRequest, type Service } from './exchange.ts'
import { createFaultLine, NO_TARGET_FAULTS, type TargetFaultPlan } from './fault-plan.ts'
import { keepWorlds, restoreWorlds } from './keep.ts'

export const QUICKBOOKS_CLIENT = { id: 'sandbox-quickbooks-id', secret: 'sandbox-quickbooks-secret' }
export const XERO_CLIENT = { id: 'sandbox-xero-id', secret: 'sandbox-xero-secret' }

export interface TargetsOptions {
  /** Ids and tokens follow from it; default 1. */
  readonly seed?: number | string
  /** What tokens, keys, limits and dates of change are measured by; default this machine's clock. */
  readonly nowMs?: () => number
  /** Whether limits per second and minute are counted; default true. A clock that stands still cannot count them. */
  readonly countsLimits?: boolean
  /** Consent without a page, for the first company; default false: a page with the companies and two buttons. */
  readonly autoConsent?: boolean
  /** From the first request on, for both; default none. */
  readonly faults?: TargetFaultPlan
  /** At least one each; the default companies otherwise. */
  readonly quickbooks?: readonly CompanyChoice[]
  readonly xero?: readonly OrganisationChoice[]
  /** Where the companies' books outlive the program; by default they do not. */
  readonly stateFile?: string
}

export interface Targets {
  readonly quickbooks: QuickbooksWorld
  readonly xero: XeroWorld
  readonly answer: (request: SandboxRequest, response: ServerResponse) => Promise<void>
  /** The path is what follows `/_sandbox/`; undefined when it is none of theirs. */
  readonly control: (path: string, request: SandboxRequest) => Reply | undefined
}

interface Emulator extends Controlled {
  readonly service: Service
  readonly log: LoggedRequest[]
}

export function createTargets(options: TargetsOptions = {}): Targets {
  const quickbooks = quickbooksWorld(options)
  const xero = xeroWorld(options)
  const { stateFile } = options
  if (stateFile !== undefined) restoreWorlds(stateFile, { quickbooks, xero })
  const keep = (): void => {
    if (stateFile !== undefined) keepWorlds(stateFile, { quickbooks, xero })
  }
  const emulators: Readonly<Record<string, Emulator>> = {
    quickbooks: {
      service: createQuickbooksService(quickbooks),
      hand: quickbooksHand(quickbooks),
      faults: createFaultLine(options.faults ?? NO_TARGET_FAULTS),
      log: [],
    },
    xero: {
      service: createXeroService(xero),
      hand: xeroHand(xero),
      faults: createFaultLine(options.faults ?? NO_TARGET_FAULTS),
      log: [],
    },
  }
  return {
    quickbooks,
    xero,
    answer: async (request, response) => {
      const emulator = emulators[request.path.split('/')[1] ?? '']
      if (emulator === undefined) throw new RangeError(`No emulator answers ${request.path}.`)
      await exchange({ ...emulator, keep }, request, response)
    },
    control: (path, request) => {
      const [name = '', ...rest] = path.split('/')
      const emulator = emulators[name]
      if (emulator === undefined) return undefined
      const reply = controlTarget(emulator, rest.join('/'), request)
      keep()
      return reply
    },
  }
}

/** Whether a request is for one of the emulators. */
export function isForTarget(path: string): boolean {
  return /^\/(quickbooks|xero)\//.test(path)
}

function quickbooksWorld(options: TargetsOptions): QuickbooksWorld {
  const {
    seed = 1,
    nowMs = Date.now,
    countsLimits = true,
    autoConsent = false,
    quickbooks = DEFAULT_COMPANIES,
  } = options
  const companies = quickbooks.map(createCompany)
  for (const { preferences } of countsLimits ? [] : companies) {
    preferences.perMinute = null
    preferences.perSecond = null
  }
  return {
    companies: new Map(companies.map((company) => [company.realmId, company])),
    login: createQuickbooksLogin({ seed, client: QUICKBOOKS_CLIENT, companies, autoConsent }),
    nowMs,
  }
}

function xeroWorld(options: TargetsOptions): XeroWorld {
  const { seed = 1, nowMs = Date.now, countsLimits = true, autoConsent = false, xero = DEFAULT_ORGANISATIONS } = options
  const organisations = xero.map((choice) => createOrganisation(seed, choice))
  for (const { settings } of countsLimits ? [] : organisations) settings.perMinute = null
  return {
    organisations: new Map(organisations.map((organisation) => [organisation.tenantId, organisation])),
    login: createXeroLogin({ seed, client: XERO_CLIENT, organisations, autoConsent }),
    nowMs,
  }
}
