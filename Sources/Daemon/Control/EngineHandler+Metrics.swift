import Control
import EventLoop

@EventLoop extension EngineHandler {
  func metrics() throws(ControlError) -> String {
    try reading { try MetricsReport(daemon).text() }
  }
}
