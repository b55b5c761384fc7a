// Who reads tables works with their columns, too.
@_exported import TableColumns
