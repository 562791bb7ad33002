/** Small seeds before every landing, by the command that people type. Which ones, and why: docs/reliability.md. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')

async function simulate(...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>])
  return { code, said }
}

it('fifty seeds find nothing', { timeout: 900_000 }, async () => {
  const { code, said } = await simulate('--seeds', '50', '--nights', '2')
  expect(said).toContain('50 seeds of 2 nights')
  expect({ code, said: said.split('\n').filter((line) => line.startsWith('seed ')) }).toEqual({ code: 0, said: [] })
})

it('two seeds find nothing on PostgreSQL', { timeout: 900_000 }, async () => {
  const { code, said } = await simulate('--seeds', '2', '--nights', '2', '--database', 'postgres')
  expect({ code, said: said.split('\n').filter((line) => line.startsWith('seed ')) }).toEqual({ code: 0, said: [] })
})

it('refuses a number that is none', async () => {
  expect((await simulate('--seeds', 'many')).code).toBe(2)
})
