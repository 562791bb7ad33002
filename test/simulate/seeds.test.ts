/** Small seeds before every landing, by the command that people type. Which ones, and why: docs/reliability.md. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, '../../src/simulate/main.ts')

async function simulate(...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>])
  return { code, said }
}

it('two dozen seeds find nothing', { timeout: 900_000 }, async () => {
  const { code, said } = await simulate('--seeds', '24', '--from', '9', '--nights', '6', '--lite')
  expect(said).toContain('24 seeds of 6 nights')
  expect({ code, said: said.split('\n').filter((line) => line.startsWith('seed ')) }).toEqual({ code: 0, said: [] })
})

it('refuses a number that is none', async () => {
  expect((await simulate('--seeds', 'many')).code).toBe(2)
})
