package kotlinx.coroutines;

public interface Job {}
