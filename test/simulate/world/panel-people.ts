/** Orders that people place with the program; whoever does not know what came of one looks at the panel's own list first. */
import type { Books } from '../oracles/books.ts'
import type { PanelPlan, Vendor } from './panel.ts'
import type { Act } from './part.ts'

/** Whatever the program says of an order or a word that is refused is no finding: it is typed once, and looked at. */
const ANY_END = [0, 1, 2, 65, 70, 75, 79]
/** Of an order of unknown outcome that nobody finds on the panel after so many evenings, people give up. */
const TRIES = 3

const OPEN = `
  select panel_add.ref, panel_add.parameters, exception.number from panel_add
  join source on source.book = panel_add.book and source.id = panel_add.source
  left join exception on exception.book = panel_add.book and exception.source = source.name
    and exception.code = 'REQUEST_UNCERTAIN' and exception.object = 'add:' || panel_add.ref
  where source.name = ? and state in ('sent', 'unknown') order by ref`

/** What is typed on an evening. */
export function createPeople(plan: PanelPlan, vendor: Vendor): (atMs: number, books: Books) => Iterable<Act> {
  const tries = new Map<string, number>()
  return function* (atMs, books) {
    const open = books.rows(OPEN, plan.name)
    for (const { number, parameters } of open) {
      // The next sync opens the exception of a run that was killed.
      if (typeof number !== 'bigint' && typeof number !== 'number') continue
      const found = vendor.entries().find(({ link }) => String(parameters).includes(JSON.stringify(link)))
      const word = found === undefined ? ['not-placed'] : ['placed', '--reference', found.id]
      const signed = ['--by', 'Ana', '--why', "the panel's own list", '--yes']
      const argv = ['decide', `E-${number}`, ...word, ...signed]
      yield { atMs, argv, allowed: ANY_END, isTypedOnce: true }
    }
    // Nothing is placed beside an order of unknown outcome.
    if (open.length > 0) return
    for (const { name, atMs: wantedMs, quantity } of plan.adds) {
      const isThere = vendor.entries().some(({ link }) => link === name)
      const tried = tries.get(name) ?? 0
      if (wantedMs > atMs || isThere || tried >= TRIES) continue
      tries.set(name, tried + 1)
      const what = ['--service', '1', '--link', name, '--quantity', String(quantity)]
      yield {
        atMs,
        argv: ['panel', 'add', ...what, '--source', plan.name, '--yes'],
        allowed: ANY_END,
        isTypedOnce: true,
      }
    }
  }
}
