// Entries whose content follows from their id, so that whoever reads them back knows what must stand there.

/**
 * With `priced` no price book is loaded for it.
 * @param {string} projectId @param {string} id @param {{padding?: number, priced?: boolean}} [more] padding: characters
 */
export function entryOf(projectId, id, { padding = 0, priced = false } = {}) {
  return {
    id,
    project_id: projectId,
    chat_id: 'chat-1',
    model: 'gpt-4o',
    status: /** @type {const} */ ('success'),
    ...(priced ? { cost: { amount: 0.001, source: /** @type {const} */ ('override') } } : {}),
    usage: { prompt_tokens: 3, completion_tokens: 4 },
    metadata: { text: textOf(id), ...(padding > 0 ? { padding: 'p'.repeat(padding) } : {}) },
  }
}

/** Of 10 to 400 characters with one to four bytes each. @param {string} id */
export function textOf(id) {
  let sum = 0
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) % 9_973
  return `${id} ${'xä€😀'.repeat(2 + (sum % 98))}`
}
