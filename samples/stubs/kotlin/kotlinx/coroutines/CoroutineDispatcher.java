package kotlinx.coroutines;

import kotlin.coroutines.CoroutineContext;

public abstract class CoroutineDispatcher implements CoroutineContext {}
