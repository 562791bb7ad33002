/** `tieout report` names the sync it is about, and writes its file whole or not at all. */
import { createServer } from 'node:http'
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { statsOf } from '../poison/poisoned-book.ts'
import { newFolder, run, type Ran } from './support.ts'

interface Desk {
  readonly path: string
  readonly tieout: (...argv: string[]) => Promise<Ran>
}

/** Two sources and one finished night. */
async function desk(): Promise<Desk> {
  const server = createServer((_message, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(statsOf('"10.00"'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  const source = (name: string): string =>
    `{ name: ${name}, type: payelancer, role: publisher, currency: USD, requestsPerMinute: 60000, apiKey: { env: KEY }, baseUrl: 'http://127.0.0.1:${address.port}' }`
  const { path } = newFolder(`database: sqlite:./tieout.db
books:
  - name: agency
    currency: USD
    sources: [${source('pub')}, ${source('pub2')}]
`)
  const tieout: Desk['tieout'] = (...argv) =>
    run(['--config', join(path, 'tieout.yaml'), ...argv], { env: { KEY: 'k' } })
  await tieout('sync', '--now', '2026-03-02T00:05:00Z')
  return { path, tieout }
}

it('names a sync of one source with the source, and a night by its run alone', async () => {
  const { tieout } = await desk()
  expect((await tieout('report')).stdout).toMatch(/ Night 2026-03-01 \(UTC\) +Run 1\n/)
  await tieout('sync', '--source', 'pub2', '--now', '2026-03-02T09:00:00Z')
  expect((await tieout('report')).stdout).toMatch(/ Night 2026-03-01 \(UTC\) +Run 2, pub2 alone\n/)
  expect(JSON.parse((await tieout('report', '--format', 'json')).stdout)).toMatchObject({ run: 2, runSource: 'pub2' })
  expect((await tieout('report', '--format', 'html')).stdout).toContain('run 2, pub2 alone.')
  const before = await tieout('report', '--known-at', '2026-03-02T08:00:00Z')
  expect(before.stdout).toMatch(/ Run 1\n/)
})

it('writes a file whole: whoever reads the old one reads it to its end', async () => {
  const { path, tieout } = await desk()
  const file = join(path, 'night.html')
  const old = 'an old report\n'.repeat(10_000)
  writeFileSync(file, old)
  const reader = openSync(file, 'r')
  const ran = await tieout('report', '--format', 'html', '--out', file)
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain(`is in ${file}.`)
  const read = Buffer.alloc(old.length + 1)
  expect(read.toString('utf8', 0, readSync(reader, read))).toBe(old)
  expect(fstatSync(reader).nlink).toBe(0)
  closeSync(reader)
  expect(readFileSync(file, 'utf8')).toBe((await tieout('report', '--format', 'html')).stdout)
  expect(readdirSync(path).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

it('follows a link, and writes to what is no file as it is', async () => {
  const { path, tieout } = await desk()
  const [file, link] = [join(path, 'night.csv'), join(path, 'latest.csv')]
  writeFileSync(file, 'old')
  symlinkSync(file, link)
  await tieout('report', '--format', 'csv', '--out', link)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(file, 'utf8')).toBe((await tieout('report', '--format', 'csv')).stdout)
  await tieout('report', '--out', '/dev/null')
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
  const nowhere = await tieout('report', '--out', join(path, 'nowhere', 'night.txt'))
  expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('cannot be written') as string })
  expect(await tieout('report', '--out', path)).toMatchObject({ exitCode: 2 })
  expect(readdirSync(path).filter((name) => name.endsWith('.tmp'))).toEqual([])
})
