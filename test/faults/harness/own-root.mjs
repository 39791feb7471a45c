// A host with a registry of its own: one project, whose folder nobody made yet.

export const OWN_PROJECT = 'own'

/** @param {string} root absolute @returns {import('../../../dist/index.js').ProjectResolver} */
export function resolverOf(root) {
  return {
    resolve: async (id) => (id === OWN_PROJECT ? { root } : null),
    list: async () => [OWN_PROJECT],
  }
}
