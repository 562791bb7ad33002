/** What a valid `alerts` section says, with defaults filled in. A channel's address is a secret: who knows it can speak through it. */
import type { AlertRules, AlertSeverity } from '../domain/alerts/alert.ts'
import type { SecretReference } from './model.ts'

export interface AlertsConfig {
  /** An alert that is still open is said again after this long. */
  readonly repeatAfterMs: number
  readonly channels: readonly ChannelConfig[]
  readonly rules: AlertRules
}

interface ChannelCommon {
  readonly name: string
  /** The least severity this channel wants to hear about. */
  readonly severity: AlertSeverity
}

interface ChatChannelConfig extends ChannelCommon {
  readonly type: 'slack' | 'discord'
  readonly webhookUrl: SecretReference
}

export interface WebhookChannelConfig extends ChannelCommon {
  readonly type: 'webhook'
  readonly webhookUrl: SecretReference
  /** The value of the Authorization header. */
  readonly authorization: SecretReference | undefined
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded' | 'text/plain'
  /** A text with places such as {{title}}; undefined sends the whole message as JSON. */
  readonly body: string | undefined
}

export interface EmailChannelConfig extends ChannelCommon {
  readonly type: 'email'
  readonly host: string
  readonly port: number
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly user: string | undefined
  readonly password: SecretReference | undefined
  readonly from: string
  readonly to: readonly string[]
}

export type ChannelConfig = ChatChannelConfig | WebhookChannelConfig | EmailChannelConfig
