package okhttp3;

public abstract class RequestBody {
  public abstract MediaType contentType();

  public static RequestBody create(MediaType contentType, String content) {
    return null;
  }

  public static RequestBody create(MediaType contentType, byte[] content) {
    return null;
  }
}
