/** The program as a process: an old Node.js gets a sentence, and a reader that goes away is no error. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { nodeProblem } from '../../src/cli/node-version.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

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
