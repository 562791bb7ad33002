/** Kill -9 while an order is being placed: at any database statement, and while the panel has it and has not answered. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { listAdds, type PanelAdd } from '../../src/evidence/panel-adds.ts'
import { createRandom } from '../../src/sandbox/world/random.ts'
import { newFolder, newSqliteUrl } from '../support/databases.ts'
import { configText, newRig, nightMs, START_MS, type SourceLine } from './harness.ts'
import { orderingPanel, type OrderingPanel } from './ordering-panel.ts'
import { openCodes } from './reads.ts'
import type { PlacingJob } from './placing-child.ts'

const CHILD = join(import.meta.dirname, 'placing-child.ts')
const KEY = 'a-key-of-the-tests'
const ALL = ['sent', 'placed', 'refused', 'unknown', 'not-placed'] as const

function start(job: PlacingJob): ChildProcess {
  return spawn(process.execPath, [CHILD, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KEY_PANEL: KEY },
  })
}

async function ended(child: ChildProcess): Promise<{ readonly signal: string | null; readonly stdout: string }> {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('the child has no pipes')
  const [out, errors, [code, signal]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ])
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(errors)
  return { signal, stdout: out }
}

function jobFor(panel: OrderingPanel, killAt: number | null): PlacingJob & { readonly sources: readonly SourceLine[] } {
  const sources = [{ name: 'panel', kind: 'panel' as const, url: panel.url }]
  const config = join(newFolder(), 'tieout.yaml')
  writeFileSync(config, configText(sources))
  return { config, database: newSqliteUrl(), nowMs: START_MS, quantity: 100, killAt, sources }
}

/** What the book says of the orders after the next night, with what it still waits for. */
async function nextNight({ database: url, sources }: ReturnType<typeof jobFor>): Promise<{
  readonly adds: readonly PanelAdd[]
  readonly uncertain: readonly string[]
}> {
  const database = await openDatabase(url)
  try {
    const rig = newRig(database, sources, () => KEY)
    await rig.night(nightMs(1))
    const adds = await listAdds(database.kysely, 1n, 1n, ALL)
    const uncertain = (await openCodes(rig)).filter((code) => code.includes('REQUEST_UNCERTAIN'))
    return { adds, uncertain }
  } finally {
    await database.close()
  }
}

describe('an order whose program is killed', () => {
  it('while the panel has it and has not answered ends unknown, and is not placed twice', async () => {
    const panel = await orderingPanel()
    panel.nextAdd = 'placed-then-silent'
    const job = jobFor(panel, null)
    const child = start(job)
    panel.onAdded = () => void child.kill('SIGKILL')
    expect((await ended(child)).signal).toBe('SIGKILL')
    panel.nextAdd = 'placed'
    panel.onAdded = () => undefined
    // The same command once more, before anybody has looked.
    await expect(ended(start(job))).rejects.toThrow('ORDER_UNKNOWN')
    const { adds, uncertain } = await nextNight(job)
    expect(adds).toMatchObject([{ state: 'unknown', outcome: 'lost', balanceAfter: 9_991_000_000n }])
    expect(adds[0]?.detail).toContain('fell by 0.09, the price of this order')
    expect(uncertain).toEqual([`panel REQUEST_UNCERTAIN add:${adds[0]?.ref}`])
    expect(panel.count('add')).toBe(1)
  }, 60_000)

  it('at any statement is sent at most once, and what was sent is known or waits for a person', async () => {
    const measured = await orderingPanel()
    const statements = Number((await ended(start(jobFor(measured, null)))).stdout)
    expect(measured.count('add')).toBe(1)
    const random = createRandom(7, 'kill an add')
    // Early statements only make the schema.
    const reached = new Set<number>()
    for (let round = 0; round < 10; round += 1) {
      const panel = await orderingPanel()
      const job = jobFor(panel, random.int(Math.floor(statements / 3), statements))
      expect((await ended(start(job))).signal).toBe('SIGKILL')
      const sent = panel.count('add')
      reached.add(sent)
      const { adds, uncertain } = await nextNight(job)
      expect(panel.count('add')).toBe(sent)
      const states = adds.map(({ state }) => state)
      if (sent === 1) expect(['placed', 'unknown']).toContain(states[0])
      expect(states).not.toContain('sent')
      expect(uncertain).toHaveLength(states.filter((state) => state === 'unknown').length)
    }
    // Some died before the order was sent and some after.
    expect([...reached].toSorted((a, b) => a - b)).toEqual([0, 1])
  }, 120_000)
})
