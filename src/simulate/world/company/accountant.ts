/** What happens in a company without tieout: its accountant's hand, and the vendor's own moods. */
import type { CompanyEvent } from './plan.ts'
import { dayOf, documentOf, isLive, isOfApp, textOf, type Scene } from './scene.ts'
import type { Entry } from './vendor.ts'

const DAY_MS = 86_400_000
const ONE = 100_000_000n

export function happen(scene: Scene, event: CompanyEvent): void {
  const { vendor } = scene
  if (event.kind !== 'touch' && event.kind !== 'copy' && event.kind !== 'twin') scene.done.push(`company ${event.kind}`)
  switch (event.kind) {
    case 'touch':
      return touch(scene, event)
    case 'copy':
    case 'twin':
      return copy(scene, event.kind, event.pick)
    case 'own-entry':
      return addOwn(scene, event.pick, event.atMs)
    case 'close':
      return vendor.close(dayOf(event.atMs - event.daysBack * DAY_MS))
    case 'expire':
      return vendor.hand.expire(event.what)
    case 'busy':
      return vendor.limit(event.perMinute)
    case 'offline':
      return vendor.setOffline(true)
    case 'late':
    case 'lossy':
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
  const all = untouched(scene)
  const before = all[event.pick % all.length]
  if (before === undefined) return
  const { id } = before
  const problem =
    event.how === 'delete'
      ? vendor.hand.remove(id)
      : event.how === 'void'
        ? vendor.hand.void(id)
        : vendor.hand.edit({ id, ...edited(before, event.how) })
  if (problem !== undefined) throw new Error(problem)
  const after = vendor.entries().find((entry) => entry.id === id)
  const { how } = event
  const mend = how === 'delete' || how === 'void' ? 'again' : event.mend
  scene.done.push(`hand ${how}`)
  touched.set(id, { document: documentOf(before), how, mend, before, after: textOf(after) })
}

function edited(
  { lines, date }: Entry,
  how: 'amount' | 'date',
): { readonly lines?: Entry['lines'][number][]; readonly date?: string } {
  if (how === 'date') return { date: dayOf(Date.parse(date) - DAY_MS) }
  const [first, second, ...rest] = lines
  if (first === undefined || second === undefined) return {}
  return {
    lines: [{ ...first, amount: first.amount + ONE }, { ...second, amount: second.amount - ONE }, ...rest],
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
  scene.done.push(`hand ${kind}`)
  copies.set(made.id, { of: documentOf(found), kind })
}

function addOwn({ vendor }: Scene, pick: number, atMs: number): void {
  const [debit, credit] = [vendor.accountOf('6110') ?? '', vendor.accountOf('4800') ?? '']
  const amount = BigInt(pick + 1) * ONE
  const id = vendor.addOwn({ document: `ADJ-${pick}`, date: dayOf(atMs), amount, debit, credit })
  vendor.byHand.add(id)
}
