package kotlinx.coroutines;

public final class Dispatchers {
  public static final CoroutineDispatcher getIO() {
    return null;
  }

  public static final CoroutineDispatcher getMain() {
    return null;
  }
}
