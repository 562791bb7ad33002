/** The program as a process: an old Node.js gets a sentence, and a reader that goes away is no error. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { nodeProblem } from '../../src/cli/node-version.ts'
import { newFolder } from './support.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const PERSON = new URL('../../src/cli/person.ts', import.meta.url).href

describe('the Node.js version', () => {
  it.each([
    ['22.19.0', true],
    ['22.18.9', false],
    ['24.0.0', true],
    ['23.1.0', true],
    ['20.20.2', false],
    ['9.99.99', false],
    ['26.0.0-nightly2026', true],
  ])('%s is new enough: %s', (version, enough) => {
    expect(nodeProblem(version, '>=22.19') === undefined).toBe(enough)
  })

  it('is looked at before anything else is loaded', async () => {
    const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`
    const child = spawn(process.execPath, ['--import', older, MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    expect(exitCode).toBe(69)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^tieout needs Node\.js 22\.19 or newer and this is 20\.20\.2: .*`npx tieout`.*\n$/)
  })
})

describe('a pipe', () => {
  it('that is closed early ends the program quietly', async () => {
    const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })
})

/** Runs the program with a module loaded before it, which breaks something. */
async function runBroken(breaking: string, args: readonly string[]) {
  const before = `data:text/javascript,${encodeURIComponent(breaking)}`
  const child = spawn(process.execPath, ['--import', before, MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  return { stdout, stderr, exitCode }
}

describe('an error that nothing catches', () => {
  it.each([
    ['is thrown beside the work', `setTimeout(() => { throw new Error('it broke') }, 0); setInterval(() => {}, 1000)`],
    ['is a promise that nobody waits for', `setTimeout(() => void Promise.reject(new Error('it broke')), 0)`],
    [
      'keeps the program from starting',
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
       const read = fs.readFileSync
       fs.readFileSync = (file, ...rest) => {
         if (String(file).endsWith('package.json') && rest[0] === 'utf8') throw new Error('it broke')
         return read(file, ...rest)
       }
       syncBuiltinESMExports()`,
    ],
  ])('that %s ends the program with a code of its own', async (_name, breaking) => {
    const args = ['sandbox', '--json', '--port', '0']
    const { exitCode, stderr } = await runBroken(breaking, args)
    expect(exitCode).toBe(79)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'CRASHED', message: 'The program ended by an error that nothing caught: it broke', exitCode: 79 },
    })
  })
})

describe('a machine whose list of users lacks this one', () => {
  /** As Node.js fails under a user id of a container that /etc/passwd does not have. */
  const nobody = `import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'
    os.userInfo = () => { throw new Error('A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)') }
    syncBuiltinESMExports()`

  it('names who approves by number', async () => {
    const folder = newFolder()
    await folder.run('orders', 'add', '17', '--source', 'netpanel')
    const config = join(folder.path, 'tieout.yaml')
    for (const args of [['journals', 'approve', '--dry-run'], ['export', '--format', 'csv'], ['deliver']]) {
      const { exitCode, stderr } = await runBroken(nobody, ['--config', config, ...args])
      expect(stderr).not.toMatch(/passwd|should not/)
      expect(exitCode).toBeLessThan(3)
    }
    const said = await runBroken(
      `${nobody}; import { loginName } from ${JSON.stringify(PERSON)}; console.log(loginName())`,
      ['--version'],
    )
    expect(said.stdout).toContain(`uid ${process.getuid?.()}\n`)
  })
})

describe('a disk on which nothing can grow', () => {
  it('is said with its file and waited for until somebody stops the command', async () => {
    const folder = newFolder()
    await folder.run('orders', 'add', '17', '--source', 'netpanel')
    const orders = Array.from({ length: 5000 }, (_, n) => String(n + 100))
    const config = join(folder.path, 'tieout.yaml')
    // In KiB, and no file may grow past it, which needs no rights as a small disk would.
    const limited = `ulimit -f 100; exec "$0" "$@"`
    const args = [MAIN, '--config', config, 'orders', 'add', ...orders, '--source', 'netpanel']
    const child = spawn('bash', ['-c', limited, process.execPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(child, 'exit') as Promise<[number | null]>
    const said = String(await once(child.stderr, 'data'))
    expect(said).toMatch(/^The disk of the database .*tieout\.db refused to read or write: it is full, over a quota/)
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    expect((await folder.run('ledger', 'verify')).exitCode).toBe(0)
  })
})
