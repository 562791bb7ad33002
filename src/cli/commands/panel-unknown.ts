/** `tieout panel unknown list`: orders that were sent and whose outcome nobody knows. */
import type { Command } from 'commander'
import { listAdds, type PanelAdd } from '../../evidence/panel-adds.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook } from '../open-book.ts'
import { counted } from '../output.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { addView, UNKNOWN_COLUMNS, unknownCells } from '../views/panel-add.ts'

export function registerPanelUnknown(registry: Registry, panel: Command): void {
  const unknown = panel.command('unknown').description('orders sent without a known outcome')
  const list = unknown.command('list').description('what waits for a person, of every panel of the book')
  handle(registry, list, listUnknown)
}

function listUnknown(session: Session): Promise<ExitName> {
  return readBook(session, async ({ kysely, book, config }) => {
    const ids = await kysely.selectFrom('source').select(['id', 'name']).where('book', '=', book.id).execute()
    const found: { readonly name: string; readonly currency: string; readonly add: PanelAdd }[] = []
    for (const { name, currency, type } of config.sources) {
      const id = ids.find((source) => source.name === name)?.id
      if (type !== 'panel' || id === undefined) continue
      for (const add of await listAdds(kysely, book.id, id)) found.push({ name, currency, add })
    }
    session.show(
      found.map(({ name, currency, add }) => addView(name, currency, add)),
      () =>
        found.length === 0
          ? ['No order is of unknown outcome.']
          : [
              ...session.table(
                UNKNOWN_COLUMNS,
                found.map(({ name, currency, add }) => unknownCells(name, currency, add)),
              ),
              '',
              `${counted(found.length, 'order')} of unknown outcome.`,
            ],
    )
    return found.length === 0 ? 'ok' : 'findings'
  })
}
