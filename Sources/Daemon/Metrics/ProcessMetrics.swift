import Control

/// The process and the store's files in figures.
///
/// The names have our prefix: a textfile collector serves them beside its own process_ figures,
/// and refuses two of one name.
struct ProcessMetrics {
  let storePath: String

  func write(_ writer: inout MetricsWriter) {
    writer.gauge(
      "sfsync_store_bytes", "Size of the store's file.", ProcessFigures.fileBytes(storePath))
    writer.gauge(
      "sfsync_store_wal_bytes", "Size of the store's write-ahead log.",
      ProcessFigures.fileBytes(storePath + "-wal") ?? 0)
    let disk = ProcessFigures.diskBytes(storePath)
    writer.gauge(
      "sfsync_store_filesystem_size_bytes", "Size of the file system that the store is on.",
      disk?.size)
    writer.gauge(
      "sfsync_store_filesystem_free_bytes", "What is left of it for the daemon.", disk?.free)
    writer.gauge(
      "sfsync_process_resident_memory_bytes", "Memory in use by the daemon.",
      ProcessFigures.residentBytes)
    writer.gauge(
      "sfsync_process_open_fds", "Open file descriptors of the daemon.",
      ProcessFigures.openDescriptors)
    writer.gauge(
      "sfsync_process_max_fds", "How many file descriptors it may open.",
      ProcessFigures.descriptorsMax)
    writer.counter(
      "sfsync_process_cpu_seconds_total", "Processor time that the daemon has used.",
      ProcessFigures.processorSeconds.map { [.init([], decimal: $0)] } ?? [])
  }
}
