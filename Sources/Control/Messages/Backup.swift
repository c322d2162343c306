/// One part of the reply of `Backup`: first the size of all, then the bytes in order, at last nothing.
package struct BackupPart: Codable, Sendable, Hashable {
  /// Base64 (RFC 4648).
  @Nullable package var data: String?
  /// Of the whole file, in bytes.
  @Nullable package var total: Int64?

  package init(data: String? = nil, total: Int64? = nil) {
    self.data = data
    self.total = total
  }
}
