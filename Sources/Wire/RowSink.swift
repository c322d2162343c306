/// Takes the rows of a page one by one.
package protocol RowSink: AnyObject {
  /// Takes one row, which is valid during the call only.
  func take(_ row: borrowing RowBuffer) throws
  /// Called after about an eighth of a megabyte of rows, and after the last one: time to commit.
  func flush() throws
}
