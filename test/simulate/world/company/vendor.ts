/**
 * The vendors behind a company: stand-ins for QuickBooks Online and Xero, on the simulation's clock. Beside what they
 * answer, everything they were told is kept as an outsider sees it: what each key was used for, and every entry.
 */
import type { SandboxRequest, Reply } from '../../../../src/sandbox/http-reply.ts'
import { DEFAULT_CHART } from '../../../../src/sandbox/targets/chart.ts'
import type { Service } from '../../../../src/sandbox/targets/exchange.ts'
import type { Hand, HandEntry } from '../../../../src/sandbox/targets/hand.ts'
import { createCompany } from '../../../../src/sandbox/quickbooks/default-company.ts'
import { quickbooksHand } from '../../../../src/sandbox/quickbooks/hand.ts'
import { createQuickbooksLogin } from '../../../../src/sandbox/quickbooks/oauth.ts'
import { createQuickbooksService } from '../../../../src/sandbox/quickbooks/service.ts'
import { settleAllLate, type LateCommit } from '../../../../src/sandbox/targets/late.ts'
import { createOrganisation } from '../../../../src/sandbox/xero/default-organisation.ts'
import { xeroHand } from '../../../../src/sandbox/xero/hand.ts'
import { createXeroLogin } from '../../../../src/sandbox/xero/oauth.ts'
import { createXeroService } from '../../../../src/sandbox/xero/service.ts'
import { createRandom } from '../../../../src/sandbox/world/random.ts'
import type { SiteReply, SiteRequest } from '../../kernel/network.ts'
import { watchClosing, watchKeys, watchRenewals, watchTwins, type Twin } from './misdeeds.ts'
import type { CompanyPlan } from './plan.ts'

/** An entry as anybody who opens the company sees it. Amounts are counts of 10⁻⁸, debits positive. */
export type Entry = HandEntry

export interface Vendor {
  /** `mood`: what may become of a creation's answer. */
  readonly answer: (request: SiteRequest, mood: Mood) => Promise<SiteReply>
  /** What it answered has come to whoever asked. */
  readonly heard: (request: SiteRequest, reply: SiteReply) => void
  /** The address a person's browser ends on who says yes on the page at `address`. */
  readonly consent: (address: string) => Promise<string>
  readonly hand: Hand
  readonly entries: () => readonly Entry[]
  /** What the company calls the account with this code of the chart. */
  readonly accountOf: (code: string) => string | undefined
  /** An entry of the accountant's own, between these two accounts. */
  readonly addOwn: (entry: OwnEntry) => string
  readonly close: (through: string | null) => void
  readonly limit: (perMinute: number | null) => void
  readonly setOffline: (isOffline: boolean) => void
  /** When each id came up that was made by a request. */
  readonly created: Map<string, number>
  /** Ids that were made while their answer was lost. */
  readonly unheard: ReadonlySet<string>
  /** Each request for a creation. */
  readonly sent: readonly Sent[]
  /** Ids that somebody made there by hand; whoever does, puts it in. */
  readonly byHand: Set<string>
  /** What was done that no client should do: see misdeeds.ts. Whoever reads it empties it. */
  readonly misdeeds: string[]
  /** Likewise. */
  readonly twins: Twin[]
}

export interface Sent {
  readonly document: string
  readonly body: string
  /** True time. */
  readonly atMs: number
}

/** Answers are lost: before the effect, which comes a little later, or after it, and perhaps all that are asked from then on. */
export type Mood = 'good' | 'late' | 'lossy' | 'gone'

export interface OwnEntry {
  readonly document: string
  readonly date: string
  readonly amount: bigint
  readonly debit: string
  readonly credit: string
}

export const CLIENT = { id: 'app', secret: 'app-secret' }

/** No vendor carries out what it has taken later than this: docs/delivery.md names what would follow. */
const LATE_MS = 4 * 60_000

interface Emulator extends Omit<
  Vendor,
  'answer' | 'heard' | 'consent' | 'entries' | 'created' | 'unheard' | 'byHand' | 'misdeeds' | 'twins' | 'sent'
> {
  readonly service: Service
  readonly documentIn: (body: string) => string
  readonly dateIn: (body: string) => string | null
  readonly settle: () => void
  /** What came late last takes effect that many requests later. */
  readonly delay: (requests: number) => void
}

export function createVendor(plan: CompanyPlan, nowMs: () => number): Vendor {
  const emulator = plan.vendor === 'quickbooks' ? quickbooks(plan, nowMs) : xero(plan, nowMs)
  const { service, settle, hand } = emulator
  const created = new Map<string, number>()
  const byHand = new Set<string>()
  const misdeeds: string[] = []
  const twins: Twin[] = []
  const told = new Map<string, string>()
  const sent: Sent[] = []
  const unheard = new Set<string>()
  let isGone = false
  const closing = watchClosing(emulator)
  const renewals = watchRenewals(nowMs)
  let lateSinceMs: number | null = null

  let creations = 0
  const ask = async ({ method, url, headers, body, from = '' }: SiteRequest, mood: Mood): Promise<Reply> => {
    if (lateSinceMs !== null && nowMs() - lateSinceMs >= LATE_MS) {
      settle()
      lateSinceMs = null
    }
    isGone &&= mood === 'gone'
    if (isGone) throw new Error('nobody answers any more')
    const sender = { clientIp: '10.0.0.1' }
    const request: SandboxRequest = { method, path: url.pathname, query: url.searchParams, headers, body, ...sender }
    renewals.arrived(from, body)
    const isCreate = service.scopeOf(request) === 'create'
    if (isCreate) {
      misdeeds.push(...watchKeys(told, request), ...closing.misdeeds(from, body))
      creations += 1
      sent.push({ document: emulator.documentIn(body), body, atMs: nowMs() })
    }
    const isLost = isCreate && mood !== 'good' && createRandom(plan.seed, plan.name, 'lost', creations).chance(0.6)
    const isLate = isLost && mood === 'late'
    if (isLate) lateSinceMs ??= nowMs()
    const reply = await service.answer(request, { isLate, answered: Promise.resolve() })
    if (isLate) emulator.delay(createRandom(plan.seed, plan.name, 'late', creations).int(1, 9))
    // What comes late appears with a later request.
    const entries = hand.entries()
    for (const entry of entries) {
      const { id } = entry
      if (created.has(id) || byHand.has(id)) continue
      const others = entries.filter((each) => created.has(each.id))
      twins.push(...watchTwins(entry, others))
      created.set(id, nowMs())
      if (isLost) unheard.add(id)
    }
    isGone = isLost && mood === 'gone'
    if (isLost) throw new Error('the answer is lost')
    return reply
  }
  return {
    ...emulator,
    created,
    unheard,
    close: closing.close,
    heard: (request, reply) => void misdeeds.push(...closing.heard(request, reply), ...renewals.heard(request)),
    byHand,
    misdeeds,
    twins,
    sent,
    entries: hand.entries,
    answer: async (request, mood) => {
      const { status, contentType, headers = {}, body } = await ask(request, mood)
      return { status, headers: { 'content-type': contentType, ...headers }, body }
    },
    consent: async (address) => {
      const reply = await ask({ method: 'GET', url: new URL(address), headers: {}, body: '' }, 'good')
      return reply.headers?.['location'] ?? ''
    },
  }
}

function delayLast(late: readonly LateCommit[], requests: number): void {
  const last = late.at(-1)
  if (last !== undefined) last.requestsLeft = requests
}

function quickbooks(plan: CompanyPlan, nowMs: () => number): Emulator {
  const company = createCompany({
    // No two companies of a vendor have one id.
    realmId: `93414500000${plan.seed}${plan.name.at(-1) ?? ''}`,
    name: `Company ${plan.name}`,
    homeCurrency: 'USD',
    multiCurrency: true,
  })
  const { preferences } = company
  const login = createQuickbooksLogin({ seed: plan.seed, client: CLIENT, companies: [company], autoConsent: true })
  const world = { companies: new Map([[company.realmId, company]]), login, nowMs }
  preferences.warnDuplicateJournalNumber = plan.watchesNumbers
  login.rotatesAlways = plan.rotatesAlways
  const usual = 500
  preferences.perMinute = plan.perMinute ?? usual
  return {
    service: createQuickbooksService(world),
    settle: () => settleAllLate(company),
    delay: (requests) => delayLast(company.late, requests),
    hand: quickbooksHand(world),
    documentIn: (body) => /"DocNumber":"([^"]*)"/.exec(body)?.[1] ?? '',
    dateIn: (body) => /"TxnDate":"([^"]*)"/.exec(body)?.[1] ?? null,
    accountOf: (code) => company.accounts.find(({ number }) => number === code)?.id,
    close: (through) => void (preferences.bookCloseDate = through),
    limit: (perMinute) => void (preferences.perMinute = perMinute ?? usual),
    // QuickBooks has no such word; it lets nobody through instead.
    setOffline: (isOffline) => void (preferences.perSecond = isOffline ? 0 : 10),
    addOwn: ({ document, date, amount, debit, credit }) => {
      company.lastId += 1
      const id = String(company.lastId)
      const line = { description: null, entity: null, classId: null, departmentId: null, amount }
      const lines = [
        { ...line, id: '0', posting: 'Debit' as const, accountId: debit },
        { ...line, id: '1', posting: 'Credit' as const, accountId: credit },
      ]
      const made = { id, syncToken: 0, isDeleted: false, createdMs: nowMs(), updatedMs: nowMs() }
      const words = { document, date, memo: 'adjusted', currency: 'USD', exchangeRate: '1', adjustment: false }
      company.entries.set(id, { ...made, ...words, lines })
      return id
    },
  }
}

function xero(plan: CompanyPlan, nowMs: () => number): Emulator {
  const organisation = createOrganisation(plan.seed, {
    name: `Company ${plan.name}`,
    baseCurrency: 'USD',
  })
  const { settings, accounts } = organisation
  const login = createXeroLogin({ seed: plan.seed, client: CLIENT, organisations: [organisation], autoConsent: true })
  const world = { organisations: new Map([[organisation.tenantId, organisation]]), login, nowMs }
  const usual = 60
  settings.perMinute = plan.perMinute ?? usual
  return {
    service: createXeroService(world),
    settle: () => settleAllLate(organisation),
    delay: (requests) => delayLast(organisation.late, requests),
    hand: xeroHand(world),
    documentIn: (body) => /"Narration":"([^" ]*)/.exec(body)?.[1] ?? '',
    dateIn: (body) => /"Date":"([^"]*)"/.exec(body)?.[1] ?? null,
    accountOf: (code) => {
      const name = DEFAULT_CHART.find((row) => row.code === code)?.name
      return accounts.find((account) => account.name === name)?.code ?? undefined
    },
    close: (through) => void (settings.periodLockDate = through),
    limit: (perMinute) => void (settings.perMinute = perMinute ?? usual),
    setOffline: (isOffline) => void (settings.isOffline = isOffline),
    addOwn: ({ document, date, amount, debit, credit }) => {
      organisation.minted += 1
      const id = `own-${organisation.minted}`
      const idOf = (code: string): string => accounts.find((account) => account.code === code)?.id ?? ''
      const line = { description: null, taxType: 'NONE', tracking: [] }
      const lines = [
        { ...line, accountId: idOf(debit), amount },
        { ...line, accountId: idOf(credit), amount: -amount },
      ]
      const words = { narration: `${document} adjusted`, date, status: 'POSTED' as const, url: null }
      const kind = { lineAmountTypes: 'NoTax' as const, showOnCashBasis: true }
      organisation.journals.set(id, { id, updatedMs: nowMs(), ...words, ...kind, lines })
      return id
    },
  }
}
