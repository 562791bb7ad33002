/** kill -9 before every step that a restore takes on the file system: the old database is there, or the new one, whole. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RestoreJob } from './restoring-child.ts'
import { grow, headOf, newPlace, within } from './support.ts'
import { damageIn } from '../../src/db/whole-file.ts'

const CHILD = join(import.meta.dirname, 'restoring-child.ts')
/** More than a restore ever has: a test that never comes to an end says so. */
const MOST = 60

async function killedAt(
  killAt: number,
): Promise<{ readonly ended: boolean; readonly became: 'old' | 'new' | 'neither' }> {
  const place = newPlace()
  await grow(place.db, '2026-03-01')
  const file = join(place.path, 'copy.db')
  await place.run('backup', file)
  const before = await headOf(place.db)
  await grow(place.db, '2026-03-02')
  const after = await headOf(place.db)
  const job: RestoreJob = { config: join(place.path, 'tieout.yaml'), file, killAt }
  const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], { stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  const head = await headOf(place.db)
  await within(place.db, async (database) => {
    if (database.dialect === 'sqlite') expect(damageIn(database)).toEqual([])
  })
  // What it left behind stands in nobody's way.
  expect(await place.run('restore', file)).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await headOf(place.db)).toBe(before)
  return { ended: code === 0, became: head === after ? 'old' : head === before ? 'new' : 'neither' }
}

it('that is killed leaves the old database until the new one has its name, and the next restore goes through', async () => {
  const became: string[] = []
  for (let at = 1; at <= MOST; at += 1) {
    const killed = await killedAt(at)
    became.push(killed.became)
    if (killed.ended) break
  }
  const changed = became.indexOf('new')
  expect(changed).toBeGreaterThan(4)
  expect(became.length).toBeLessThan(MOST)
  expect(became).toEqual(became.map((_, at) => (at < changed ? 'old' : 'new')))
}, 240_000)
