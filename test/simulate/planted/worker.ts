/** As seed-worker.ts, with a bug in the program: the file it is in is changed as it is loaded. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { workerData } from 'node:worker_threads'
import { plantIn, type Planted } from './planted.ts'

const planted = workerData as Planted
const changed = new URL(`../../../src/${planted.file}`, import.meta.url).href
// Said here, not by a run that never loads the file.
const source = readFileSync(new URL(changed), 'utf8')
plantIn(source, planted)

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (url !== changed) return loaded
    return { ...loaded, source: plantIn(source, planted) }
  },
})

await import('../seed-worker.ts')
