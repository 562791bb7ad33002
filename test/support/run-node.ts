/** Runs a program in a process of its own, for what one process cannot show: locks between writers. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What it printed, trimmed. Throws when it ends with anything but 0. */
export async function runNode(program: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`A process of the test ended with ${String(code)}.`)
  return output.trim()
}
