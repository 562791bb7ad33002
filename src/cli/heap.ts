/**
 * Keeps the process small. V8 lets garbage grow to a multiple of what is alive before it looks for it; a night that
 * allocates steadily for an hour then holds hundreds of megabytes of nothing. The flag is read at every collection,
 * so setting it in a running process is sound.
 */
import { setFlagsFromString } from 'node:v8'

/** How much the heap may grow over what is alive before it is collected. */
const GROWTH_PERCENT = 20

export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}
