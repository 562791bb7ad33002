/** What happens in a company without tieout: its accountant's hand, and the vendor's own moods. */
import type { CompanyEvent, TouchKind } from './plan.ts'
import { dayOf } from '../day.ts'
import { documentOf, isLive } from './entry.ts'
import { isOfApp, textOf, type Scene } from './scene.ts'
import type { Entry } from './vendor.ts'

const DAY_MS = 86_400_000
const ONE = 100_000_000n

export function happen(scene: Scene, event: CompanyEvent): void {
  const { vendor } = scene
  switch (event.kind) {
    case 'touch':
      return touch(scene, event)
    case 'copy':
    case 'twin':
      return copy(scene, event.kind, event.pick)
    case 'own-entry':
      return addOwn(scene, event.pick, event.atMs)
    case 'close': {
      const through = dayOf(event.atMs - event.daysBack * DAY_MS)
      scene.closes.add(through)
      return vendor.close(through)
    }
    case 'expire':
      return vendor.hand.expire(event.what)
    case 'busy':
      return vendor.limit(event.perMinute)
    case 'offline':
      return vendor.setOffline(true)
    case 'late':
    case 'lossy':
    case 'gone':
    case 'type':
  }
}

/** What an event began is over. */
export function end({ vendor }: Scene, event: CompanyEvent): void {
  if (event.kind === 'close') vendor.close(null)
  if (event.kind === 'busy') vendor.limit(null)
  if (event.kind === 'offline') vendor.setOffline(false)
}

/** Entries that came from tieout and nobody has laid a hand on. */
function untouched(scene: Scene): readonly Entry[] {
  return scene.vendor
    .entries()
    .filter((entry) => isOfApp(scene, entry) && isLive(entry) && !scene.touched.has(entry.id))
}

function touch(scene: Scene, event: Extract<CompanyEvent, { readonly kind: 'touch' }>): void {
  const { vendor, touched } = scene
  const every = untouched(scene)
  const unheard = every.filter(({ id }) => event.isUnheard === true && vendor.unheard.has(id))
  const all = unheard.length > 0 ? unheard : every
  const before = all[event.pick % all.length]
  if (before === undefined) return
  const { id } = before
  const edit = edited(scene, before, event.how)
  const problem =
    event.how === 'delete'
      ? vendor.hand.remove(id)
      : event.how === 'void'
        ? vendor.hand.void(id)
        : vendor.hand.edit({ id, ...edit.changes })
  if (problem !== undefined) throw new Error(problem)
  const after = vendor.entries().find((entry) => entry.id === id)
  const { how } = event
  const mend = how === 'delete' || how === 'void' ? 'again' : event.mend
  if (how === 'delete' || how === 'void') scene.removed.add(documentOf(before))
  touched.set(id, {
    document: documentOf(before),
    how,
    mend,
    before,
    after: textOf(after),
    news: edit.news,
    atMs: event.atMs,
  })
}

interface Edit {
  readonly changes: { readonly lines?: Entry['lines'][number][]; readonly date?: string; readonly memo?: string }
  /** See Touch. */
  readonly news: string
}

function edited({ vendor }: Scene, { lines, date, memo }: Entry, how: TouchKind): Edit {
  const [first, second, ...rest] = lines
  if (first === undefined || second === undefined) throw new Error('an entry has two lines')
  const otherDay = dayOf(Date.parse(date) - DAY_MS)
  const account = vendor.accountOf(first.account === vendor.accountOf('6110') ? '6100' : '6110') ?? ''
  const amount = first.amount + ONE
  switch (how) {
    case 'date':
      return { changes: { date: otherDay }, news: otherDay }
    case 'memo':
      return { changes: { memo: `${memo} checked` }, news: 'checked' }
    case 'account':
      return { changes: { lines: [{ ...first, account }, second, ...rest] }, news: account }
    case 'amount':
      return {
        changes: { lines: [{ ...first, amount }, { ...second, amount: second.amount - ONE }, ...rest] },
        news: String(amount < 0n ? -amount / ONE : amount / ONE),
      }
    case 'delete':
    case 'void':
      return { changes: {}, news: '' }
  }
}

function copy(scene: Scene, kind: 'copy' | 'twin', pick: number): void {
  const { vendor, copies } = scene
  const all = untouched(scene)
  const found = all[pick % all.length]
  if (found === undefined) return
  const known = new Set(vendor.entries().map(({ id }) => id))
  const problem = vendor.hand.duplicate(found.id)
  if (problem !== undefined) throw new Error(problem)
  const made = vendor.entries().find(({ id }) => !known.has(id))
  if (made === undefined) throw new Error('no copy was made')
  vendor.byHand.add(made.id)
  if (kind === 'twin') vendor.hand.edit({ id: made.id, document: `OWN-${pick}`, memo: `OWN-${pick} by hand` })
  copies.set(made.id, { of: documentOf(found), kind })
}

function addOwn({ vendor }: Scene, pick: number, atMs: number): void {
  const [debit, credit] = [vendor.accountOf('6110') ?? '', vendor.accountOf('4800') ?? '']
  const amount = BigInt(pick + 1) * ONE
  const id = vendor.addOwn({ document: `ADJ-${pick}`, date: dayOf(atMs), amount, debit, credit })
  vendor.byHand.add(id)
}
