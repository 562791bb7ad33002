/** What a run was about, in one cell. */
import { expect, it } from 'vitest'
import { runListLines } from '../../src/cli/views/runs.ts'
import type { RecordedRun } from '../../src/pipeline/status/run-history.ts'

function cellOf(ids: string): string | undefined {
  const about = { kind: 'import', status: 'finished', arguments: { orders: ids, source: 'pan' } } as const
  const run: RecordedRun = { id: 1, startedAtMs: 0, finishedAtMs: 0, failure: null, ...about }
  return runListLines({ table: (_columns, rows) => rows.map((cells) => cells[2] ?? '') }, [run])[0]
}

it.each([
  ['15,16,17', 'orders 15,16,17 pan'],
  ['1234567,1234568,1234569,1234570,1234571,1234572', 'orders 1234567,1234568,1234569,1234570,1234571 … pan'],
])('shows no id that is not one: %s', (ids, cell) => {
  expect(cellOf(ids)).toBe(cell)
})
