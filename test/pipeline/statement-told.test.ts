/** What is held of an imported statement until the end of its run: what a person is told of it, and not its lines. */
import { expect, it } from 'vitest'
import { describeOnSqlite } from '../support/databases.ts'
import { bring, configOf, NOTHING, rigOf } from './statement-support.ts'

const LINES = 40

describeOnSqlite('an imported statement', (open) => {
  it('is held by its first and last lines, and read again where all are asked for', async () => {
    const rig = rigOf(await open(), configOf())
    const rows = Array.from(
      { length: LINES },
      (_, index) => `2026-05-${10 + (index % 9)},Card fee ${index},-1.${10 + index}`,
    )
    const [file] = await bring(rig, 'may.csv', `Date,Description,Amount\n${rows.join('\n')}\n`, 'checking', {
      said: { ...NOTHING, columns: { roles: {}, sign: 'in-positive' } },
    })
    const [section] = file?.parsed.sections ?? []
    expect(section?.ends.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 37, 38, 39, 40, 41])
    expect(section).toMatchObject({ count: LINES, into: 0n })
    expect(section).not.toHaveProperty('lines')
    expect([...(file?.fresh ?? [])]).toHaveLength(10)
    const whole = await file?.whole()
    expect(whole?.sections.flatMap(({ lines }) => lines)).toHaveLength(LINES)
    expect(whole?.fresh.size).toBe(LINES)
  })
})
