/** Files handed out on a disk on which no more can be written: a process of its own whose files may not grow further. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'

const WRITE_FILES = new URL('../../../src/targets/files/write-files.ts', import.meta.url).href
/** In KiB; a limit needs no rights, as a small disk would. */
const MOST = 64

/** What it was refused with; '' when the file was written. */
async function written(folder: string, kib: number): Promise<string> {
  const file = { name: 'agency.csv', encoding: 'utf-8', rows: 1, totals: [], documents: [] }
  const header = { book: 'agency', format: 'csv', from: '2026-03-01', to: '2026-03-31', preview: false }
  const script = `
    import { writeFileSet } from ${JSON.stringify(WRITE_FILES)}
    const file = { ...${JSON.stringify(file)}, text: '${kib},'.repeat(${kib} * 1024 / ${String(kib).length + 1}) }
    await writeFileSet(${JSON.stringify(folder)}, 'agency', ${JSON.stringify(header)}, [file], []).catch((error) =>
      console.log(error.name, error.code, error.message))`
  const args = ['-c', `ulimit -f ${MOST}; exec "$0" "$@"`, process.execPath, '--input-type=module', '-e', script]
  const child = spawn('bash', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(exitCode).toBe(0)
  return said
}

it('is told with the folder, keeps the files that were there, and leaves no half of one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tieout-export-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  expect(await written(folder, 10)).toBe('')
  const names = readdirSync(folder)
  const before = names.map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(await written(folder, 100)).toMatch(
    new RegExp(`^TransientError DISK_FULL The disk of ${folder} refused to write: it is full, over a quota`),
  )
  expect(readdirSync(folder)).toEqual(names)
  expect(names.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before)
})
