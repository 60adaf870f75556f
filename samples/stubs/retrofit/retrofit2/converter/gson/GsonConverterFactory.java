package retrofit2.converter.gson;

import retrofit2.Converter;

public final class GsonConverterFactory extends Converter.Factory {
  private GsonConverterFactory() {}

  public static GsonConverterFactory create() {
    return new GsonConverterFactory();
  }
}
