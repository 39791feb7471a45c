import type { CaptureOptions } from '../capture.js'

export interface FrameworkOptions extends CaptureOptions {
  /**
   * After how many ms without a further part a stream counts as left, since a framework tells nobody when the
   * application stops reading. Default 600,000.
   */
  readonly idleMs?: number
}
