/** Redaction, before anything is written: by the look of a value, and by the name it stands under. */
export { isSecretField, isSecretKey } from './redact-keys.js'
export { looksLikeSecret, REDACTED, redactedCut, redactText } from './redact-text.js'
