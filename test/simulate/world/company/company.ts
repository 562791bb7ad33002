/** A company whose books are kept at QuickBooks Online or Xero: its vendor on the wire, its accountant, its people. */
import type { SiteReply, SiteRequest } from '../../kernel/network.ts'
import type { Act, Part } from '../part.ts'
import { end, happen } from './accountant.ts'
import { checkCompany } from './check.ts'
import { acts } from './people.ts'
import { takesOpenings, type CompanyEvent, type CompanyPlan } from './plan.ts'
import { newScene, type TypedLine } from './scene.ts'
import { startSealed } from './sealed.ts'
import { CLIENT, createVendor, type Mood } from './vendor.ts'

type Typed = Extract<CompanyEvent, { readonly kind: 'type' }>

/** `signed`: see Scene; one list for all companies of a run. */
export function createCompany(plan: CompanyPlan, signed: TypedLine[]): Part {
  const { name, homes } = plan
  let nowMs = 0
  let isQuiet = false
  const waiting = [...plan.events]
  const begun: (CompanyEvent & { readonly untilMs: number })[] = []
  const vendor = createVendor(plan, () => nowMs)
  const scene = newScene(plan, vendor, () => nowMs, signed)
  const sofar = startSealed()
  const mood = (): Mood => {
    const [found] = begun.filter(({ kind }) => !isQuiet && isMood(kind))
    return found !== undefined && isMood(found.kind) ? found.kind : 'good'
  }

  const advance = (ms: number): void => {
    for (;;) {
      const [next] = waiting
      const over = begun.toSorted((a, b) => a.untilMs - b.untilMs)[0]
      if (over !== undefined && over.untilMs <= Math.min(ms, next?.atMs ?? ms)) {
        nowMs = Math.max(nowMs, over.untilMs)
        begun.splice(begun.indexOf(over), 1)
        end(scene, over)
      } else if (next !== undefined && next.atMs <= ms) {
        waiting.shift()
        nowMs = Math.max(nowMs, next.atMs)
        if (isQuiet) continue
        happen(scene, next)
        if ('untilMs' in next) begun.push(next)
      } else break
    }
    nowMs = Math.max(nowMs, ms)
  }

  const answer = (request: SiteRequest): Promise<SiteReply> => vendor.answer(request, mood())
  const config = { targets: [targetText(plan)] }
  const [first] = homes
  return {
    name,
    sites: [
      {
        host: hostOf(plan),
        answer,
        heard: vendor.heard,
        spared: ['stale'],
        isWrite: ({ url }) => /\/(journalentry|ManualJournals)$/.test(url.pathname),
      },
    ],
    config,
    inBooks: Object.fromEntries(homes.filter((home) => home !== first).map(({ book }) => [book, config])),
    env: { COMPANY_ID: CLIENT.id, COMPANY_SECRET: CLIENT.secret },
    advance,
    acts: function* (fromMs, throughMs, { isQuiet: quiet }): Iterable<Act> {
      isQuiet = quiet
      const due = plan.events.filter(
        (event): event is Typed => event.kind === 'type' && event.atMs > fromMs && event.atMs <= throughMs && !quiet,
      )
      yield* acts(scene, due, throughMs, quiet)
    },
    check: (books, when) => {
      scene.books = books
      return checkCompany(scene, sofar, when)
    },
  }
}

/** Events that are a mood of the vendor's. */
function isMood(kind: CompanyEvent['kind']): kind is Exclude<Mood, 'good'> {
  return kind === 'late' || kind === 'lossy' || kind === 'gone'
}

function hostOf({ name }: CompanyPlan): string {
  return `${name}.books.test`
}

function targetText(plan: CompanyPlan): string {
  const { vendor, name, linesPerEntry } = plan
  const base = `http://${hostOf(plan)}/${vendor}`
  const login = `authorize: '${base}/authorize', token: '${base}/token', revoke: '${base}/revoke'`
  const api =
    vendor === 'quickbooks' ? `api: '${base}'` : `connections: '${base}/connections', api: '${base}/api.xro/2.0'`
  return [
    `name: ${name}`,
    `type: ${vendor}`,
    "from: '2026-01-01'",
    'clientId: { env: COMPANY_ID }',
    'clientSecret: { env: COMPANY_SECRET }',
    `deliverOpenings: ${takesOpenings(plan)}`,
    ...(linesPerEntry === null ? [] : [`linesPerEntry: ${linesPerEntry}`]),
    `urls: { ${login}, ${api} }`,
  ].join('\n')
}
