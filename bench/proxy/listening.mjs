/** Tells the parent where the server of this process listens; it ends with the parent's first message. */
export function listening(server) {
  server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
  process.on('message', () => {
    server.closeAllConnections()
    server.close(() => process.disconnect())
  })
}
