package sdkapi

// ContextIn returns the context in a query.
var ContextIn = contextIn
