import FoundationEssentials
import Glibc

/// What the system says of this process and of a file; nil where it does not say.
enum ProcessFigures {
  /// Bytes of memory that are in use now.
  static var residentBytes: Int64? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
    return pages.map { $0 * Int64(sysconf(Int32(_SC_PAGESIZE))) }
  }

  static var openDescriptors: Int64? {
    guard let directory = opendir("/proc/self/fd") else { return nil }
    defer { closedir(directory) }
    var count: Int64 = 0
    while readdir(directory) != nil { count += 1 }
    // "." and "..", and the directory itself.
    return max(0, count - 3)
  }

  static var descriptorsMax: Int64? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    return Int64(clamping: limit.rlim_cur)
  }

  /// Processor time, in seconds.
  static var processorSeconds: Double? {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec / 1_000_000) / 1000
  }

  static func fileBytes(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// What the file system of a path has, and what of it we may still use.
  static func diskBytes(_ path: String) -> (size: Int64, free: Int64)? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let block = Int64(clamping: status.f_frsize)
    return (
      Int64(clamping: status.f_blocks).multipliedClamped(block),
      Int64(clamping: status.f_bavail).multipliedClamped(block)
    )
  }
}

extension Int64 {
  fileprivate func multipliedClamped(_ other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
