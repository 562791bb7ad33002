/** The client and the bodies of a configured target: the one place that knows which vendor is which. */
import type { TargetConfig } from '../config/target-model.ts'
import type { AccountingTarget, EntryBody } from './port.ts'
import { quickbooksBody } from './quickbooks/body.ts'
import { createQuickbooksTarget } from './quickbooks/client.ts'
import type { TargetOptions } from './target-options.ts'
import { xeroBody } from './xero/body.ts'
import { createXeroTarget } from './xero/client.ts'

/** What every target needs besides its own configuration. */
export type OpenOptions = Omit<TargetOptions<TargetConfig>, 'config'>

export function openTarget(config: TargetConfig, options: OpenOptions): AccountingTarget {
  return config.type === 'quickbooks'
    ? createQuickbooksTarget({ ...options, config })
    : createXeroTarget({ ...options, config })
}

/** The pure half: what is shown before approval and sent after it. */
export function bodyOf(config: TargetConfig): EntryBody {
  return config.type === 'quickbooks' ? quickbooksBody : xeroBody(config)
}
