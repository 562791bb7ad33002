#!/usr/bin/env node
/**
 * The program's entry. It looks at the Node.js version before it imports anything else, so that an old one gets a
 * sentence instead of a crash, and then hands over to `program.ts`.
 */
import { readFileSync } from 'node:fs'
import { endCrashed, endOnCrash } from './crash.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { keepHeapSmall } from './heap.ts'
import { nodeProblem } from './node-version.ts'

endOnCrash()
try {
  const manifest: { readonly version: string; readonly engines: { readonly node: string } } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  const problem = nodeProblem(process.versions.node, manifest.engines.node)
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`)
    process.exitCode = EXIT_CODES.wrongNode.code
  } else {
    keepHeapSmall()
    const { runOnProcess } = await import('./process-io.ts')
    await runOnProcess(manifest.version)
  }
} catch (error) {
  endCrashed(error)
}
