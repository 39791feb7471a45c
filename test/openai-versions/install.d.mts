export function installVersions(): void
