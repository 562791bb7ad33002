/**
 * Keeps the process small. V8 lets garbage grow to a multiple of what is alive before it looks for it; a night that
 * allocates steadily for an hour then holds hundreds of megabytes of nothing. The flags are read whenever the heap grows,
 * so setting them in a running process is sound. Neither limits what may be alive.
 */
import { setFlagsFromString } from 'node:v8'

/** How much the heap may grow over what is alive before it is collected. */
const GROWTH_PERCENT = 20
/** The space for what is new stays as large as it starts: else it doubles up to 32 MiB, each half of it. */
const NEW_SPACE_GROWTH = 1

export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
  setFlagsFromString(`--semi-space-growth-factor=${NEW_SPACE_GROWTH}`)
}
