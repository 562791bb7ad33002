/** An order whose answer is lost after the panel has placed it: only a person can say what came of it. */
import { observeServices } from '../../src/sources/panel/observe-services.ts'
import { placePanelOrder } from '../../src/pipeline/panel-writes/place.ts'
import { findService, quoteOrder } from '../../src/pipeline/panel-writes/quote.ts'
import { resolveUnknown } from '../../src/pipeline/panel-writes/resolve.ts'
import { HOUR_MS, newRig, nightMs } from '../pipeline/harness.ts'
import { orderingPanel } from '../pipeline/ordering-panel.ts'
import { payments } from '../pipeline/scripted-book.ts'
import type { PlantedWorld } from './planted.ts'

export const UNKNOWN_WORLD: PlantedWorld = {
  name: 'an order whose answer is lost',
  plant: async (database) => {
    const panel = await orderingPanel()
    const rig = newRig(database, [{ name: 'panel', kind: 'panel', url: panel.url }], () => 'a-key-of-the-tests')
    const request = { config: rig.config, book: rig.book, env: rig.env, source: 'panel' }
    await rig.importEvidence(nightMs(0), payments('2026-02-28,panel,opening-balance,100,USD,,'))
    await rig.night(nightMs(0) + HOUR_MS)
    const body = Buffer.from(JSON.stringify(panel.services))
    const observed = observeServices({ httpStatus: 200, contentType: 'application/json', body })
    if (observed.kind !== 'services') throw new Error(observed.reason)
    const quoted = quoteOrder(findService(observed, '1'), { link: 'https://example.com/page', quantity: 100 })
    panel.nextAdd = 'placed-then-dropped'
    const { ref } = await placePanelOrder(rig.environment(nightMs(0) + 2 * HOUR_MS), request, quoted)
    await rig.night(nightMs(1))
    return {
      database,
      rig,
      mend: async () => {
        const word = { ref, orderId: '23501', by: 'Ana', why: 'it is in the list' }
        await resolveUnknown(rig.environment(nightMs(1) + HOUR_MS), request, word)
        await rig.night(nightMs(2))
      },
    }
  },
  found: ['panel REQUEST_UNCERTAIN add:3 -0.09 USD: panel-add'],
  left: [],
}
